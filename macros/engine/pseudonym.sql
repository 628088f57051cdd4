{# The name under which a customer is known outside: the id itself, or, where the var
   pseudonymise_customers says so, its HMAC-SHA-256 under the secret of the session
   (scripts/lib/pseudonyms.py). The secret is in no query.

   pseudonym(customer_id: SQL string) -> SQL string; null stays null #}
{% macro pseudonym(customer_id) -%}
    {% if var('pseudonymise_customers') -%}
        {{ adapter.dispatch('pseudonym', 'customer_segments')(customer_id) }}
    {%- else -%}
        {{ customer_id }}
    {%- endif %}
{%- endmacro %}

{% macro default__pseudonym(customer_id) -%}
    pseudonym_of({{ customer_id }})
{%- endmacro %}

{% macro spark__pseudonym(customer_id) -%}
    {{ exceptions.raise_compiler_error(
        'pseudonymise_customers: there is no session secret on Spark; pseudonymise what is read'
    ) }}
{%- endmacro %}
