{# Which rows repeat a key, and why each of them is not the one that counts. The newest
   updated_at wins; equal rows leave one; different rows without anything to tell which is newer
   are all refused. Only keys that occur twice are compared, so that a clean table costs one
   grouping.

   repeats_of(relation: CTE with load_id, source_line, updated_at and raw_row; key: list of
   columns) -> SQL select of load_id, source_line, repeat_reason (null for the winner) #}
{% macro repeats_of(relation, key) -%}
    {% set by_key = 'compared.' ~ key | join(', compared.') -%}
    select
        ranked.load_id,
        ranked.source_line,
        case
            when ranked.is_newest and ranked.is_contradicted then 'conflicting_rows'
            when ranked.standing > 1 and ranked.is_newest then 'duplicate_row'
            when ranked.standing > 1 then 'superseded_row'
        end as repeat_reason

    from (
        select
            compared.load_id,
            compared.source_line,
            row_number() over (
                partition by {{ by_key }}
                order by compared.updated_at desc nulls last, compared.load_id, compared.source_line
            ) as standing,
            coalesce(
                compared.updated_at = max(compared.updated_at) over (partition by {{ by_key }}),
                max(compared.updated_at) over (partition by {{ by_key }}) is null
            ) as is_newest,
            min(compared.raw_row) over (partition by {{ by_key }}, compared.updated_at)
            <> max(compared.raw_row) over (partition by {{ by_key }}, compared.updated_at)
                as is_contradicted

        from {{ relation }} as compared

        inner join (
            select {{ key | join(', ') }}
            from {{ relation }}
            group by {{ key | join(', ') }}
            having count(*) > 1
        ) as repeated
            on
                {% for column in key -%}
                    {{ 'and ' if not loop.first }}compared.{{ column }} = repeated.{{ column }}
                {% endfor %}
    ) as ranked
{%- endmacro %}
