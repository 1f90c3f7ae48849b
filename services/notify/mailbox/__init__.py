"""mailbox (收件箱): what one recipient was sent."""
