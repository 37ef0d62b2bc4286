"""What `mitmdump -s "$(creditline addon)"` loads: the same addon inside a stock mitmproxy."""

from creditline.capture.addon import CreditlineAddon

addons = [CreditlineAddon()]
