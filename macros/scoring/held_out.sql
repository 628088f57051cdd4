{# Whether a customer is held out of an action: not contacted, so that there is somebody to compare
   with. The same customer, action and segment always give the same answer, on any engine: the first
   32 bits of an MD5, read as a fraction, against the var holdout_share. The hex digits are compared
   as text, which orders them as numbers.

   held_out(action: SQL string, segment: SQL string, customer_id: SQL string) -> SQL boolean #}
{% macro held_out(action, segment, customer_id) -%}
    {% set share = var('holdout_share') | float -%}
    {% if not 0 <= share < 1 -%}
        {{ exceptions.raise_compiler_error(
            "The var holdout_share is '" ~ var('holdout_share') ~ "': use a number from 0 to below 1."
        ) }}
    {%- endif -%}
    {% set key = "concat_ws('|', " ~ action ~ ', ' ~ segment ~ ', ' ~ customer_id ~ ')' -%}
    substr({{ md5_hex(key) }}, 1, 8)
    < '{{ '%08x' | format((share * 4294967296) | int) }}'
{%- endmacro %}
