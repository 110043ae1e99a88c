"""lm-evaluation-harness over our models: public benchmarks that are on disk, and our text probes.

Needs `pip install './workers[harness]'`. Nothing is downloaded: what is missing is named with its command.
"""
