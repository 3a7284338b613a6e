"""How often may a stranger knock? Limits on the doors that need no account, counted in this process's memory.

Addresses are counted, never logged, and forgotten when their window closes.
"""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

LIMITER = Limiter(
    key_func=get_remote_address,
    storage_uri="memory://",
    strategy="moving-window",
    headers_enabled=True,
)

SIGN_IN = "10 per minute; 60 per hour"
TAKEDOWN_INTAKE = "5 per minute; 30 per hour"
# Case number and code words are long enough that guessing is hopeless; the limit makes it noticeable too.
TAKEDOWN_STATUS = "10 per minute; 60 per hour"
