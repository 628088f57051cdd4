-- What are the categories called, what do they mean, and in which order do they stand?
select
    categories.dimension,
    dimensions.label_en as dimension_en,
    dimensions.label_zh as dimension_zh,
    categories.category,
    categories.label_en,
    categories.label_zh,
    categories.definition_en,
    categories.definition_zh
from catalogue.categories
inner join catalogue.dimensions
    on dimensions.dimension = categories.dimension
where categories.valid_to is null
order by categories.dimension, categories.category_rank, categories.category;
