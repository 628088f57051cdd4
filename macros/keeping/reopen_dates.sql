{# Compares what is known of each date today with what the model's rows were computed from, writes
   down which dates are open, and takes their rows away. Nothing where the model keeps no rows.

   reopen_dates(while_same, known_on: as for kept_between_runs) -> SQL statements, as pre-hook #}
{% macro reopen_dates(while_same, known_on) -%}
    {% if config.get('materialized') == 'incremental' -%}
        create or replace table {{ kept_dates() }} as
        select
            known.observed_on,
            known.digest,
            known.is_as_of,
            {% if is_incremental() -%}
                known.observed_on >= min(
                    case
                        when known.is_as_of or coalesce(kept.is_as_of, true)
                            then known.observed_on
                    end
                ) over ()
            {%- else -%}
                true
            {%- endif %} as is_open,
            '{{ rules_digest() }}' as rules_digest

        from {{ ref(while_same) }} as known

        {% if is_incremental() -%}
            left join {{ kept_dates() }} as kept
                on known.observed_on = kept.observed_on and known.digest = kept.digest;

            delete from {{ this }}
            where coalesce({{ known_on }} > ({{ last_closed_date() }}), true)
        {%- endif %}
    {%- endif %}
{%- endmacro %}
