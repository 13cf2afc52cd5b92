"""Reads a message as strictly as Python can, and prints what a mail program shows of it."""
import email
import json
import sys
from email import policy

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy.strict)
parts = {
    part.get_content_subtype(): part.get_content().replace("\r\n", "\n").rstrip("\n")
    for part in message.iter_parts()
}
defects = [str(defect) for header in message.values() for defect in getattr(header, "defects", [])]
print(json.dumps({
    "defects": defects,
    "date": message["Date"].datetime.isoformat(),
    "id": str(message["Message-ID"]),
    "version": message["MIME-Version"].version,
    "subject": str(message["Subject"]),
    "from": message["From"].addresses[0].display_name,
    "to": message["To"].addresses[0].addr_spec,
    "parts": parts,
}))
