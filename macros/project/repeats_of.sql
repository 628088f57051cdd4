{# Which rows repeat a key, and why each of them is not the one that counts. The newest
   updated_at wins; equal rows leave one; different rows without anything to tell which is newer
   are all refused.

   Only keys that occur twice are compared, and the raw table is read for it, not a CTE, so that
   a clean table costs one grouping of its keys: DuckDB would keep a CTE that is read twice, with
   all its columns, in memory.

   repeats_of(
       raw_table: name of a table of the raw source,
       key: list of SQL expressions over its columns,
       columns: list of the columns that make two rows equal or different; not those of a key
           that is compared without case or time of day: usd and USD are one currency
   ) -> SQL select of load_id, source_line, repeat_reason (null for the winner) #}
{% macro repeats_of(raw_table, key, columns) -%}
    {% set by_key = [] -%}
    {% set key_matches = [] -%}
    {% for expression in key -%}
        {% do by_key.append('key_' ~ loop.index) -%}
        {% do key_matches.append(expression ~ ' = repeated.repeated_key_' ~ loop.index) -%}
    {% endfor -%}
    {% set by_key = by_key | join(', ') -%}
    select
        load_id,
        source_line,
        case
            when is_newest and is_contradicted then 'conflicting_rows'
            when standing > 1 and is_newest then 'duplicate_row'
            when standing > 1 then 'superseded_row'
        end as repeat_reason

    from (
        select
            load_id,
            source_line,
            row_number() over (
                partition by {{ by_key }}
                order by changed_at desc nulls last, load_id, source_line
            ) as standing,
            coalesce(
                changed_at = max(changed_at) over (partition by {{ by_key }}),
                max(changed_at) over (partition by {{ by_key }}) is null
            ) as is_newest,
            min(said) over (partition by {{ by_key }}, changed_at)
            <> max(said) over (partition by {{ by_key }}, changed_at) as is_contradicted

        from (
            select
                raw_rows.load_id,
                raw_rows.source_line,
                {{ utc_timestamp('raw_rows.updated_at') }} as changed_at,
                {% for expression in key -%}
                    {{ expression }} as key_{{ loop.index }},
                {% endfor -%}
                concat_ws(
                    chr(31)
                    {%- for column in columns %},
                        coalesce({{ blank_to_null('raw_rows.' ~ column) }}, chr(30))
                    {%- endfor %}
                ) as said

            from {{ source('raw', raw_table) }} as raw_rows

            inner join (
                select
                    {% for expression in key -%}
                        {{ expression }} as repeated_key_{{ loop.index }}{{ ',' if not loop.last }}
                    {% endfor %}

                from {{ source('raw', raw_table) }}

                group by {{ key | join(', ') }}

                having count(*) > 1
            ) as repeated
                on {{ key_matches | join(' and ') }}
        ) as compared
    ) as ranked
{%- endmacro %}
