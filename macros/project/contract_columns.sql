{# The columns a user may bring for a raw table, by models/staging/__sources.yml: those with
   personal data, or those without.

   contract_columns(raw_table: string, contains_pii: bool) -> list of column names; empty while
   dbt parses, when the graph is not known yet #}
{% macro contract_columns(raw_table, contains_pii) -%}
    {% set columns = [] -%}
    {% if execute -%}
        {% set contract = graph.sources['source.customer_segments.raw.' ~ raw_table] -%}
        {% for column in contract.columns.values() -%}
            {% if column.name not in ('load_id', 'source_line', 'loaded_on')
                and column.config.meta.get('contains_pii', false) == contains_pii -%}
                {% do columns.append(column.name) -%}
            {%- endif %}
        {%- endfor %}
    {%- endif %}
    {{ return(columns) }}
{%- endmacro %}
