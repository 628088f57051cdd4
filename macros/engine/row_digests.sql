{# One number per row that changes with any of its columns, and the day the row is about. Sums of
   them tell whether a set of rows is the same, whatever their order.

   row_digests(
       rows: CTE; day: column; without: list of columns that do not count
   ) -> SQL select of day, digest (a whole number of up to 20 digits) #}
{% macro row_digests(rows, day, without=[]) -%}
    {{ return(adapter.dispatch('row_digests', 'customer_segments')(rows, day, without)) }}
{%- endmacro %}

{% macro default__row_digests(rows, day, without) -%}
    select
        counted.{{ day }} as day,
        cast(hash(counted) as hugeint) as digest

    from (
        select *{{ ' exclude (' ~ without | join(', ') ~ ')' if without }}
        from {{ rows }}
    ) as counted
{%- endmacro %}

{% macro spark__row_digests(rows, day, without) -%}
    select
        counted.{{ day }} as day,
        cast(xxhash64(*) as decimal(38, 0)) as digest

    from (
        select *{{ ' except (' ~ without | join(', ') ~ ')' if without }}
        from {{ rows }}
    ) as counted
{%- endmacro %}
