"""Flag groups of `run` and `create`, one topic each, and what turns them into options.

No group has `__eq__` or `__repr__`: nobody needs them, and generating them costs every `run` 4 ms.
"""
