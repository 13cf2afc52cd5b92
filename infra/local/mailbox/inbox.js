// Inserts email text into text nodes only, and HTML only into the sandboxed frame.

const refreshMilliseconds = 1500;

const byId = (id) => document.getElementById(id);
const list = byId("letters");
const filter = byId("filter");
const article = byId("letter");

let letters = [];
let openId = location.hash.slice(1);
let shown = "";

/** Decodes the name in `=?UTF-8?B?…?= <a@b.c>`. */
const readable = (address) =>
  address.replace(/=\?utf-8\?B\?([^?]*)\?=/gi, (_, encoded) =>
    new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))),
  );

const timeOf = ({ Timestamp }) => new Date(Timestamp).toLocaleString();

const showLetter = () => {
  const letter = letters.find(({ Id }) => Id === openId);
  article.hidden = letter === undefined;
  if (letter === undefined || shown === openId) return;
  shown = openId;
  const { text_part: text, html_part: html } = letter.Body;
  byId("subject").textContent = letter.Subject;
  byId("from").textContent = readable(letter.Source);
  byId("to").textContent = letter.Destination.ToAddresses.join(", ");
  byId("sent").textContent = timeOf(letter);
  byId("tags").textContent = letter.Tags.map(({ Name, Value }) => `${Name} ${Value}`).join(", ");
  byId("reported").textContent = "";
  byId("html").hidden = html === null;
  byId("html").srcdoc = html ?? "";
  byId("text").textContent = text ?? "This email has no plain text.";
  byId("plain").open = html === null;
};

const open = (id) => {
  openId = id;
  history.replaceState(null, "", `#${id}`);
  render();
  article.focus();
};

const entry = (letter) => {
  const button = document.createElement("button");
  const subject = document.createElement("strong");
  const details = document.createElement("span");
  subject.textContent = letter.Subject;
  details.textContent = `${letter.Destination.ToAddresses.join(", ")} · ${timeOf(letter)}`;
  button.type = "button";
  button.dataset.id = letter.Id;
  button.append(subject, details);
  button.addEventListener("click", () => open(letter.Id));
  if (letter.Id === openId) button.setAttribute("aria-current", "true");
  const item = document.createElement("li");
  item.append(button);
  return item;
};

const render = () => {
  const wanted = filter.value.trim().toLowerCase();
  const visible = letters
    .filter(({ Destination }) => Destination.ToAddresses.some((to) => to.toLowerCase().includes(wanted)))
    .toReversed();
  const focused = document.activeElement?.dataset?.id;
  list.replaceChildren(...visible.map(entry));
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  byId("empty").hidden = visible.length > 0;
  showLetter();
};

const refresh = async () => {
  try {
    const response = await fetch("/_aws/ses");
    const { messages } = await response.json();
    byId("status").textContent = `${messages.length} ${messages.length === 1 ? "email" : "emails"}`;
    if (messages.length !== letters.length || messages.at(-1)?.Id !== letters.at(-1)?.Id) {
      letters = messages;
      render();
    }
  } catch {
    byId("status").textContent = "The local stack does not answer. Start it with `npm start`.";
  }
};

const reports = {
  bounce: "SES reports that this mailbox does not exist.",
  complaint: "SES reports that this email was marked as spam.",
};

byId("reports").addEventListener("click", async ({ target }) => {
  const { report } = target.dataset;
  if (report === undefined) return;
  const { ok } = await fetch(`/_aws/ses/${openId}/${report}`, { method: "POST" });
  byId("reported").textContent = ok ? reports[report] : "This email does not exist any more.";
});

filter.addEventListener("input", render);
byId("clear").addEventListener("click", async () => {
  if (!confirm("Delete all emails?")) return;
  await fetch("/_aws/ses", { method: "DELETE" });
  await refresh();
});

render();
for (;;) {
  await refresh();
  await new Promise((resolve) => setTimeout(resolve, refreshMilliseconds));
}
