"""The same 200 bookings of one citizen's day, sent to calendars that others have made, and to ours.

Run by hand, with network: `python -m bench.peers [NAME…]`. Each peer is installed from PyPI in an environment
of its own under a temporary folder, which is gone afterwards. Nothing here is run by the tests but the count.
"""
