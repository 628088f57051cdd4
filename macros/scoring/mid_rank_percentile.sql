{# Where a value stands among its population: the share strictly below plus half the share of
   equals, in (0, 1), rounded to 9 digits, so that equal values always get equal percentiles.
   (The "mid-distribution function" of Parzen 2004; the `mean` kind of SciPy's
   percentileofscore.) Null outside the population.

   mid_rank_percentile(value: SQL number, partition_by: column, among: SQL boolean column)
   -> SQL double #}
{% macro mid_rank_percentile(value, partition_by, among) -%}
    case
        when {{ among }}
            then {{ round_to_9_digits(
                '(rank() over (partition by ' ~ partition_by ~ ', ' ~ among ~ ' order by ' ~ value ~ ') - 1'
                ~ ' + 0.5 * count(*) over (partition by ' ~ partition_by ~ ', ' ~ among ~ ', ' ~ value ~ '))'
                ~ ' / cast(count(*) over (partition by ' ~ partition_by ~ ', ' ~ among ~ ') as double)'
            ) }}
    end
{%- endmacro %}

{# Rounded the same way on every engine: floating-point noise beyond the 9th digit must not
   decide on which side of a bound a value falls.

   round_to_9_digits(value: SQL double) -> SQL double #}
{% macro round_to_9_digits(value) -%}
    floor(cast({{ value }} as double) * 1e9 + 0.5) / 1e9
{%- endmacro %}

{# A quantity that is added up, and whose sum has to agree between engines to 1e-9 of its size: the
   ninth digit of a small one is more than that.

   round_to_12_digits(value: SQL double) -> SQL double #}
{% macro round_to_12_digits(value) -%}
    floor(cast({{ value }} as double) * 1e12 + 0.5) / 1e12
{%- endmacro %}
