const refreshMilliseconds = 1500;

const byId = (id) => document.getElementById(id);

const webhookText = (webhook) => {
  if (webhook === null) return "–";
  const status = webhook.status === null ? "no answer" : webhook.status;
  return `${webhook.outcome} (${status}), tries: ${webhook.tries}`;
};

const row = (event) => {
  const texts = [
    new Date(event.put_at).toLocaleString(),
    event.type,
    event.user_id ?? "–",
    String(event.version ?? "–"),
    webhookText(event.webhook),
  ];
  const cells = texts.map((text) => {
    const cell = document.createElement("td");
    cell.textContent = text;
    return cell;
  });
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
};

let shown = "";

const refresh = async () => {
  try {
    const response = await fetch("/_aws/events");
    const text = await response.text();
    if (text === shown) return;
    shown = text;
    const { events } = JSON.parse(text);
    byId("status").textContent =
      events.length === 0
        ? "No events yet. They appear here as soon as something happens to an account."
        : `${events.length} ${events.length === 1 ? "event" : "events"}`;
    byId("events").replaceChildren(...events.toReversed().map(row));
  } catch {
    shown = "";
    byId("status").textContent = "The local stack does not answer. Start it with `npm start`.";
  }
};

byId("clear").addEventListener("click", async () => {
  await fetch("/_aws/events", { method: "DELETE" });
  await refresh();
});

for (;;) {
  await refresh();
  await new Promise((resolve) => setTimeout(resolve, refreshMilliseconds));
}
