{# Text without spaces at either end: the ideographic space of Chinese text and the no-break space
   too, which Spark's trim leaves; line ends and tabs stay.

   trim_spaces(text: SQL string) -> SQL string #}
{% macro trim_spaces(text) -%}
    {{ return(adapter.dispatch('trim_spaces', 'customer_segments')(text)) }}
{%- endmacro %}

{% macro default__trim_spaces(text) -%}
    trim({{ text }})
{%- endmacro %}

{% macro spark__trim_spaces(text) -%}
    trim(both ' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000' from {{ text }})
{%- endmacro %}
