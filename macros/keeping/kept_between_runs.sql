{# Says that a model at the grain of observation dates keeps its rows between runs, date by date,
   for as long as nothing that was known on the date has changed.

   The digests it is given say what was known. Beside the model's table stands a small one,
   kept.<model>, with the digest by which each date's rows were computed. Where it differs from
   today's, the date is open: its rows go, and those of every later date, and the model, which
   reads open dates only (is_open), fills them in. All of it is one transaction: whatever
   interrupts a run, rows and digests agree. The as-of date is always open.

   A row that is not of one look says when all of it was known: a stay, once it is over. It is
   kept if that day is closed (is_not_over); one that may still change goes, and comes again.

   kept_between_runs(
       while_same: model with observed_on, is_as_of, digest,
       known_on: SQL date over the model's columns, the day on which all of a row was known;
           null for what no closed date settles
   ) -> nothing; configures #}
{% macro kept_between_runs(while_same, known_on='observed_on') -%}
    {% if not execute %}{% do ref(while_same) %}{% endif -%}
    {{ config(
        pre_hook='{{ reopen_dates("' ~ while_same ~ '", "' ~ known_on ~ '") }}',
        meta={'kept_while_same': while_same},
        **kept_config()
    ) }}
{%- endmacro %}

{# Whether a date's rows are to be computed in this run: any, unless the model keeps its rows.

   is_open(date: SQL date) -> SQL boolean #}
{% macro is_open(date) -%}
    {% if is_incremental() -%}
        {{ date }} in (
            select open_dates.observed_on from {{ kept_dates() }} as open_dates
            where open_dates.is_open
        )
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{# Whether what is known from a day on (null: not yet) is to be computed in this run: not what was
   known on a closed date already.

   is_not_over(day: SQL date) -> SQL boolean #}
{% macro is_not_over(day) -%}
    {% if is_incremental() -%}
        coalesce({{ day }} > ({{ last_closed_date() }}), true)
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{# Whether a date is the newest one whose rows are kept: what was known on it is what a run goes on
   from. None is where everything is computed anew.

   is_last_closed(date: SQL date) -> SQL boolean #}
{% macro is_last_closed(date) -%}
    {% if is_incremental() -%}
        {{ date }} = ({{ last_closed_date() }})
    {%- else -%}
        false
    {%- endif %}
{%- endmacro %}

{# last_closed_date() -> SQL select of the newest date whose rows are kept; null where none is #}
{% macro last_closed_date() -%}
    select max(closed.observed_on) from {{ kept_dates() }} as closed where not closed.is_open
{%- endmacro %}

{# The table beside a model that keeps its rows: observed_on, digest, is_open (in the newest run),
   rules_digest.

   kept_dates() -> relation #}
{% macro kept_dates() -%}
    {{ return(api.Relation.create(
        database=this.database, schema='kept', identifier=this.identifier, type='table'
    )) }}
{%- endmacro %}

{# dbt asks this of every model that may keep its rows: is everything to be computed anew? Also
   where the rules have changed since the rows were computed. The answer stands for the whole run:
   were it another when the rows are written than when the SQL was, rows would be there twice.

   should_full_refresh() -> boolean #}
{% macro should_full_refresh() -%}
    {% set wanted = config.get('full_refresh') -%}
    {% if (wanted if wanted is not none else flags.FULL_REFRESH) -%}
        {{ return(true) }}
    {%- elif not execute or not model.config.meta.get('kept_while_same') -%}
        {{ return(false) }}
    {%- endif %}
    {% set remembered = 'is outdated ' ~ model.unique_id ~ invocation_id -%}
    {% if remembered not in graph -%}
        {% do graph.update({remembered: rules_kept_by(kept_dates()) != rules_digest()}) -%}
    {% endif -%}
    {{ return(graph[remembered]) }}
{%- endmacro %}

{# rules_kept_by(kept: relation) -> string or none, the rules a model's rows were computed by

   The database is asked, not dbt: its cache knows nothing of this schema while threads start. #}
{% macro rules_kept_by(kept) -%}
    {% set found = run_query(
        "select count(*) as tables from information_schema.tables"
        ~ " where table_schema = '" ~ kept.schema ~ "' and table_name = '" ~ kept.identifier ~ "'"
    ) -%}
    {% if found.columns[0].values()[0] == 0 -%}
        {{ return(none) }}
    {%- endif %}
    {% set rules = run_query('select max(rules_digest) as rules_digest from ' ~ kept) -%}
    {{ return(rules.columns[0].values()[0]) }}
{%- endmacro %}
