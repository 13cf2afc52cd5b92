// Each <main> is a view, and each form names an operation of the client. If another form follows at
// once, it takes the code that the first one sent, along with the fields that `data-with` names.
import { createClient, webStorage, type AuthError } from "lit-auth-client";

const baseUrl = document.querySelector<HTMLMetaElement>('meta[name="lit-auth"]')?.content ?? "";
const client = createClient({ baseUrl, storage: webStorage(() => localStorage) });
type Call = (sent: object) => Promise<{ error: AuthError | null }>;

const find = (selector: string, root: ParentNode = document) => root.querySelector(selector) as HTMLElement;
const all = (selector: string) => document.querySelectorAll<HTMLElement>(selector);
const say = (text: string): void => find("#status").replaceChildren(text);

/** Blocks a button and counts down. It stays focusable, which a disabled one would not. */
const pause = (button: Element, until: number): void => {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  button.ariaDisabled = String(seconds > 0);
  const note = seconds > 0 ? `You can try again in ${seconds} s.` : "";
  button.parentElement?.querySelector("small")?.replaceChildren(note);
  if (seconds > 0) setTimeout(() => pause(button, until), 1000);
};

const clearMessages = (): void => {
  say("");
  for (const note of all(".error")) note.remove();
  for (const input of all("[aria-invalid]")) input.removeAttribute("aria-invalid");
};

/** Puts each sentence at its field or, if the form shows no such field, at the end of the form. */
const refuse = (form: HTMLFormElement, button: Element, error: AuthError): void => {
  const { code, message, fields, retryAfterSeconds = 0 } = error;
  const place = /^(sign_in|activation|code)_refused$/.test(code) ? "otp_code" : "form";
  const faults = code === "fields_refused" ? fields : { [place]: [message] };
  for (const [name, sentences] of Object.entries(faults)) {
    const [note, input] = [document.createElement("p"), find(`label [name="${name}"]`, form)];
    Object.assign(note, { id: `error-${name}`, className: "error", role: "alert" });
    note.textContent = sentences?.join(" ") ?? "";
    (input?.parentElement ?? form.lastElementChild)?.after(note);
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", note.id);
  }
  find("[aria-invalid]", form)?.focus();
  if (/_guesses$|letter|network|throttled|unavailable/.test(code))
    pause(button, Date.now() + retryAfterSeconds * 1000);
};

const loadAccount = async (): Promise<void> => {
  const before = client.getSnapshot();
  const [me, sessions] = await Promise.all([client.getMe(), client.listSessions()]);
  if (client.getSnapshot() !== before) return;
  if (me.error) return say(me.error.message);
  if (sessions.error) return say(sessions.error.message);
  const { email, username, first_name, last_name } = me.data;
  find("#email").textContent = email;
  // What is being typed is not replaced, and no name can be saved before it was read.
  for (const [name, value] of Object.entries({ email, username, first_name, last_name }))
    for (const input of all(`#account [name="${name}"]`))
      Object.assign(input, { defaultValue: value, disabled: false });
  const rows = sessions.data.results.map(({ id, device, last_used: lastUsed, current }) => {
    const row = document.importNode((find("template") as HTMLTemplateElement).content, true);
    find("b", row).textContent = device;
    find("small", row).textContent = current ? "this device" : new Date(lastUsed).toLocaleString();
    find("form", row).hidden = current;
    find("input", row).setAttribute("value", id);
    find("button", row).ariaLabel = `Sign out there: ${device}`;
    return row;
  });
  const hadFocus = find("#sessions").contains(document.activeElement);
  find("#sessions").replaceChildren(...rows);
  if (hadFocus) find("#sessions-title").focus();
};

/** Shows the view that the address names, or else the first one. */
const show = (): void => {
  const views = [...all(`main[data-for="${client.getSnapshot().status}"]`)];
  const view = views.find(({ id }) => `#${id}` === location.hash) ?? views[0];
  if (view?.id === "account") void loadAccount();
  if (!view?.hidden) return;
  for (const other of all("main")) other.hidden = other !== view;
  clearMessages();
  document.title = find("h1", view).textContent;
  find("h1", view).focus();
};

const submit = async (form: HTMLFormElement, button: Element): Promise<void> => {
  const { operation, with: names = "", says = "Done." } = form.dataset;
  const [earlier, codeForm] = [form.previousElementSibling, form.nextElementSibling];
  const sent = new FormData(form);
  const entered = earlier instanceof HTMLFormElement ? [...new FormData(earlier)] : [];
  for (const [name, value] of entered) if (value && names.split(" ").includes(name)) sent.set(name, value);
  const before = client.getSnapshot();
  clearMessages();
  button.ariaDisabled = "true";
  const { error } = await (client[operation as keyof typeof client] as Call)(Object.fromEntries(sent));
  button.ariaDisabled = "false";
  if (error) return operation === "signOut" ? say(error.message) : refuse(form, button, error);
  if (codeForm instanceof HTMLFormElement) {
    pause(button, Date.now() + 30_000);
    find("input", codeForm).focus();
  } else {
    for (const done of [earlier, form]) if (done instanceof HTMLFormElement) done.reset();
    history.pushState(null, "", location.pathname);
  }
  if (client.getSnapshot() === before) show();
  say(says);
};

for (const form of document.forms) form.noValidate = true;
const pristine = document.body.cloneNode(true);

client.subscribe(() => {
  // Nothing of the earlier person remains.
  document.body = pristine.cloneNode(true) as HTMLElement;
  show();
  if ("reason" in client.getSnapshot()) say("Your session has ended. Sign in again.");
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target, submitter } = event;
  if (submitter && submitter.ariaDisabled !== "true") void submit(target as HTMLFormElement, submitter);
});
for (const type of ["hashchange", "online"]) addEventListener(type, show);
show();
