// Scripts that run before or after requests, in JavaScript for Postman's sandbox, as lines.

/** Makes up a new user, so that the collection can run repeatedly on the same store. */
export const newPerson = (prefix = "") => [
  `const name = "ada-" + Date.now().toString(36);`,
  `pm.collectionVariables.set("${prefix}username", name);`,
  `pm.collectionVariables.set("${prefix}email", name + "@example.com");`,
  `pm.collectionVariables.set("${prefix}password", "granite-" + pm.variables.replaceIn("{{$randomUUID}}"));`,
];

/** Makes up another address for the same user, each time. */
export const newAddress = [
  `pm.collectionVariables.set("new_email", "new-" + Date.now().toString(36) + "@example.com");`,
];

export const newPassword = [
  `pm.collectionVariables.set("new_password", "granite-" + pm.variables.replaceIn("{{$randomUUID}}"));`,
];

/** Stores the new password as the current one. */
export const takePassword = [
  `pm.collectionVariables.set("password", pm.collectionVariables.get("new_password"));`,
];

/**
 * Waits for a new letter to this address and stores its code. Without a mailbox, set the variable
 * `otp_code` by hand.
 */
export const readCode = (addressVariable: string) => [
  `const mailbox = pm.variables.get("mailbox_url");`,
  `const address = pm.variables.get("${addressVariable}");`,
  `const codeIn = ({ Body }) => (/^ {4}(\\d{3} \\d{3}|[A-Z2-7-]{19})$/m.exec(Body.text_part) ?? [])[1];`,
  `const isWanted = (letter) =>`,
  `  letter.Destination.ToAddresses.includes(address) && codeIn(letter) !== undefined;`,
  `const look = (triesLeft) =>`,
  `  pm.sendRequest(mailbox + "?to=" + encodeURIComponent(address), (error, response) => {`,
  `    if (error) throw error;`,
  `    const letter = response.json().messages.filter(isWanted).pop();`,
  `    if (letter !== undefined && letter.Id !== pm.collectionVariables.get("${addressVariable}_letter")) {`,
  `      pm.collectionVariables.set("${addressVariable}_letter", letter.Id);`,
  `      pm.collectionVariables.set("otp_code", codeIn(letter));`,
  `    } else if (triesLeft > 0) setTimeout(() => look(triesLeft - 1), 200);`,
  `    else throw new Error("no new letter to " + address);`,
  `  });`,
  `if (mailbox) look(600);`,
];

/** Sets variables to expressions over `answer`, the response body. */
export const keep = (variables: Record<string, string>) => [
  `const answer = pm.response.json();`,
  ...Object.entries(variables).map(
    ([variable, expression]) => `pm.collectionVariables.set("${variable}", ${expression});`,
  ),
];

export const keepTokens = (prefix = "") =>
  keep({ [`${prefix}access`]: "answer.access", [`${prefix}refresh`]: "answer.refresh" });

export const expectStatus = (operation: string, status: number) => [
  `pm.test("${operation} answers ${status}", () => pm.response.to.have.status(${status}));`,
];

/** No administrator exists by default. `npm run create-admin` creates one. */
export const skipWithoutAdministrator = [
  `if (!pm.environment.get("admin_email")) pm.execution.skipRequest();`,
];
