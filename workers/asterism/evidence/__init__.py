"""What is known of the measure itself: reference runs, self-tests, passports, weights, and their page.

`evaluation` scores a candidate; this package says how far scores can be trusted. No candidate needs it.
"""
