-- What does each customer care for most: as they say, else as their orders suggest?

with

observed as (

    select
        customer_id,
        orders_365d,
        observed_on

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

answers as (

    select
        customer_id,
        raw_answer,
        answered_on

    from {{ ref('int_survey_answers_chosen') }}

    where question = 'need'

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'need'

),

prices as (

    select
        customer_id,
        price_sensitivity

    from {{ ref('int_price_sensitivity_banded') }}

    where {{ is_today('observed_on') }}

),

services as (

    select
        customer_id,
        tickets_per_order,
        returned_order_share

    from {{ ref('int_service_counted') }}

),

spend as (

    select
        customer_id,
        premium_spend_share

    from {{ ref('int_spend_split') }}

),

bands as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'need' and is_as_of

),

stated as (

    select
        answers.customer_id,
        answers.answered_on,
        words.category

    from answers

    inner join words
        on answers.raw_answer = words.raw_word

),

measured as (

    select
        observed.customer_id,
        observed.orders_365d,
        services.tickets_per_order,
        services.returned_order_share,
        spend.premium_spend_share,
        case when prices.price_sensitivity = 'sensitive' then 1 else 0 end
            as is_price_sensitive

    from observed

    inner join prices
        on observed.customer_id = prices.customer_id

    inner join services
        on observed.customer_id = services.customer_id

    left join spend
        on observed.customer_id = spend.customer_id

),

suggested as (

    select
        measured.customer_id,
        bands.category,
        row_number() over (
            partition by measured.customer_id order by bands.precedence
        ) as match_rank

    from measured

    inner join bands
        on
            {{ measure_falls_in('measured', 'bands', [
                'orders_365d',
                'is_price_sensitive',
                'tickets_per_order',
                'premium_spend_share',
                'returned_order_share',
            ]) }}

),

judged as (

    select
        observed.customer_id,
        stated.answered_on,
        coalesce(stated.category, suggested.category, 'unknown') as need

    from observed

    left join stated
        on observed.customer_id = stated.customer_id

    left join suggested
        on
            observed.customer_id = suggested.customer_id
            and suggested.match_rank = 1

)

select * from judged
