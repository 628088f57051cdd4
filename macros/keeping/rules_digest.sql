{# All that decides what is said of the same facts, in one word: the text of models, macros and
   seeds, and every var they read. Which dates are looked at (as_of_date, clock) is not among it:
   what is said of a date is the same whichever other dates there are.

   It is asked for several times by every model that keeps its rows, so the graph remembers it for
   the rest of the run.

   rules_digest() -> string of 32 hexadecimal digits #}
{% macro rules_digest() -%}
    {% if not execute -%}
        {{ return('') }}
    {%- endif %}
    {% set remembered = 'rules ' ~ invocation_id -%}
    {% if remembered not in graph -%}
        {% do graph.update({remembered: digest_of_rules()}) -%}
    {% endif -%}
    {{ return(graph[remembered]) }}
{%- endmacro %}

{# digest_of_rules() -> string of 32 hexadecimal digits #}
{% macro digest_of_rules() -%}
    {% set texts = [dbt_version] -%}
    {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') -%}
        {% do texts.append(node.unique_id ~ node.checksum.checksum ~ (node.raw_code or '')) -%}
    {% endfor -%}
    {% for name, macro in customer_segments.items() -%}
        {% do texts.append(name ~ macro.macro.macro_sql) -%}
    {% endfor -%}
    {% set code = texts | sort | join('\n') -%}
    {% set values = [] -%}
    {% for name in modules.re.findall('var\\(\\s*[\'"](\\w+)', code) | unique | sort -%}
        {% if name not in ('as_of_date', 'clock') -%}
            {% do values.append(name ~ '=' ~ var(name, '')) -%}
        {% endif -%}
    {% endfor -%}
    {{ return(local_md5(code ~ values | join('\n'))) }}
{%- endmacro %}
