"""What `mitmdump -s "$(creditline addon)"` loads: the same addon inside a stock mitmproxy."""

from creditline.capture.addon import CreditlineAddon
from creditline.capture.crediter import Crediter

_recording = CreditlineAddon()
addons = [Crediter(_recording), _recording]
