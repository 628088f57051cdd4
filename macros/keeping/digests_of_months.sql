{# Adds the digests of rows up, month by month, as kept_between_runs wants them: each month's word is
   of all that happened up to its end, so that it differs wherever an earlier one does, and a month
   of which nothing is left changes those that follow.

   digests_of_months(rows: CTE with day, digest; a row without a day counts nowhere)
   -> SQL select of observed_on (last day of the month), is_as_of (whether it is the newest month),
   digest #}
{% macro digests_of_months(rows) -%}
    select
        observed_on,
        observed_on = max(observed_on) over () as is_as_of,
        cast(sum(digest) over (order by observed_on) as string) as digest

    from (
        select
            last_day(day) as observed_on,
            sum(digest) as digest

        from {{ rows }}

        where day is not null

        group by last_day(day)
    ) as monthly
{%- endmacro %}
