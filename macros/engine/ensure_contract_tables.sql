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

{# On Spark an absent table is looked for among the Parquet folders under SEGMENTS_PARQUET first,
   <folder>/<schema>/<table>/*.parquet, whose columns are as the files hold them. #}
{% macro spark__ensure_contract_tables() -%}
    {% if execute %}
        {% set folders = parquet_folders(env_var('SEGMENTS_PARQUET', '')) %}
        {% for schema, sources in graph.sources.values() | groupby('schema') %}
            {% do run_query('create schema if not exists ' ~ schema) %}
            {% set known = run_query('show tables in ' ~ schema).columns['tableName'].values() %}
            {% for source in sources %}
                {% set name = schema ~ '.' ~ source.name %}
                {% if source.name not in known %}
                    {% do run_query(
                        'create table ' ~ name ~ ' using parquet location ' ~ "'" ~ folders[name] ~ "'"
                        if name in folders
                        else 'create table ' ~ name ~ ' (' ~ typed_columns(source, []) ~ ') using parquet'
                    ) %}
                {% endif %}
                {% set present = run_query('describe ' ~ name).columns['col_name'].values() %}
                {% set absent = typed_columns(source, present) %}
                {% if absent %}
                    {% do run_query('alter table ' ~ name ~ ' add columns (' ~ absent ~ ')') %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{%- endmacro %}

{# typed_columns(source: node of the graph, present: list of names) -> text, "name type, …" of the
   columns that are not present #}
{% macro typed_columns(source, present) -%}
    {% set columns = [] -%}
    {% for column in source.columns.values() if column.name not in present -%}
        {% do columns.append(column.name ~ ' ' ~ column.data_type) -%}
    {% endfor -%}
    {{ return(columns | join(', ')) }}
{%- endmacro %}

{# parquet_folders(root: text, empty for none) -> mapping of schema.table to its folder #}
{% macro parquet_folders(root) -%}
    {% set folders = {} -%}
    {% if root -%}
        {% set files = run_query('select path from binaryFile.`' ~ root ~ '/*/*/*.parquet`') -%}
        {% for path in files.columns['path'].values() -%}
            {% set parts = path.split('/') -%}
            {% do folders.update({parts[-3] ~ '.' ~ parts[-2]: parts[:-1] | join('/')}) -%}
        {% endfor -%}
    {% endif -%}
    {{ return(folders) }}
{%- endmacro %}
