{# Creates every absent table of models/staging/__sources.yml, empty, and every absent column, null:
   an optional input may be missing and the build passes.

   ensure_contract_tables() -> nothing; runs DDL, as on-run-start hook #}
{% macro ensure_contract_tables() -%}
    {{ return(adapter.dispatch('ensure_contract_tables', 'customer_segments')()) }}
{%- endmacro %}

{% macro default__ensure_contract_tables() -%}
    {% if execute %}
        {% set statements = [] %}
        {% for source in graph.sources.values() %}
            {% set name = source.schema ~ '.' ~ source.name %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
            {% endfor %}
            {% do statements.append('create schema if not exists ' ~ source.schema) %}
            {% do statements.append(
                'create table if not exists ' ~ name ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
            {% for column in columns %}
                {% do statements.append(
                    'alter table ' ~ name ~ ' add column if not exists ' ~ column
                ) %}
            {% endfor %}
        {% endfor %}
        {% do run_query(statements | join(';\n')) %}
    {% endif %}
{%- endmacro %}
