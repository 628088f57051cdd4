"""The page that needs no server: one HTML file made from the served marts.

queries/*.sql   what is asked of the served file; aggregates only, so that neither a customer
                nor the number of customers shows in the page
words.csv       every word of the page, in English and Chinese
colours.py      one colour per category, the same in every picture
changes.py      what moved since the look before, and what the playbook says to do
pictures.py     the figures behind each picture, and the sentence that reads it
checks.py       whether the segments are still good, and what the thresholds could be
segments.py     what stands behind each segment
page.py         puts page.html, page.css, charts.js, page.js and the figures into one file
"""
