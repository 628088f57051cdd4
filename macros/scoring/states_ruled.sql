{# Which rules judge a state of a customer's orders, and from which day to which? One that outlives
   a change of rules is judged anew on that day.

   Reads three CTEs: states and carried (customer_id, the columns, holds_from), of which carried has
   the states that held when those of `states` began, and periods (int_rule_periods).

   states_ruled(columns: list of the states' columns) -> SQL select of customer_id, the columns,
   ruled_on, holds_from, holds_until (exclusive, never null) #}
{% macro states_ruled(columns) -%}
    select
        held.customer_id,
        {%- for column in columns %}
        held.{{ column }},
        {%- endfor %}
        periods.ruled_on,
        greatest(held.holds_from, periods.ruled_from) as holds_from,
        least(coalesce(held.holds_until, periods.ruled_until), periods.ruled_until)
            as holds_until

    from (
        select
            told.*,
            lead(told.holds_from) over (
                partition by told.customer_id order by told.holds_from
            ) as holds_until

        from (
            select * from states
            union all
            select * from carried
        ) as told
    ) as held

    inner join periods
        on
            held.holds_from < periods.ruled_until
            and coalesce(held.holds_until > periods.ruled_from, true)
{%- endmacro %}
