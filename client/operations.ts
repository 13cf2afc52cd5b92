// Made from the contract by `npm run client`. Edit shared/contract/ instead.

/** Refusals of operations that need a session. */
export type BearerCode =
  "not_authenticated" | "bad_authorization_header" | "token_not_valid" | "user_inactive" | "user_not_found";

/** Refusals of operations that are sent a body. */
export type BodyCode = "parse_error" | "request_too_large" | "unsupported_media_type";

/** Refusals of every operation. */
export type CommonCode = "throttled" | "unexpected_failure" | "service_unavailable";

export type PublicKey = { kty: "RSA"; n: string; e: string; kid: string; alg: "RS256"; use: "sig" };

export type TokenPair = { refresh: string; access: string };

export type User = {
  username: string;
  first_name: string;
  last_name: string;
  /** The language of emails: en, de, fr, es, ar. A region or script is ignored */
  locale?: "en" | "de" | "fr" | "es" | "ar" | undefined;
  email: string;
  id: string;
};

export type PersonalData = {
  exported: string;
  user: {
    username: string;
    first_name: string;
    last_name: string;
    locale: "en" | "de" | "fr" | "es" | "ar" | null;
    email: string;
    id: string;
  };
  created: string;
  last_sign_in: string | null;
  state: "active" | "disabled";
  is_staff: boolean;
  password: {
    /** The algorithm of the stored hash */
    hash: string;
  };
  sessions: Session[];
  waiting_codes: { purpose: "sign_in" | "password_reset"; until: string }[];
  address_change: { new_email: string; until: string } | null;
  /** The earlier address, which the account can still return to */
  earlier_address: { email: string; until: string } | null;
  /** The address of an undone change, stored until it has received a notice of that */
  undone_address: { email: string; until: string } | null;
  /** A later registration with the same address */
  registration: { created: string; until: string } | null;
  delivery: Delivery;
  /** What happened to the account, newest first */
  activity: {
    id: string;
    type:
      | "user.created"
      | "user.updated"
      | "user.email_changed"
      | "user.disabled"
      | "user.enabled"
      | "user.deleted"
      | "user.rank_changed"
      | "password.changed";
    time: string;
    /** `null` if it is not known */
    by: "you" | "an administrator" | "an operator" | "the service" | null;
  }[];
  counters: {
    counts:
      | "activation_codes_tried"
      | "sign_in_codes_tried"
      | "passwords_tried"
      | "activation_codes_tried_on_known_devices"
      | "sign_in_codes_tried_on_known_devices"
      | "passwords_tried_on_known_devices"
      | "current_password_tried"
      | "letters_asked_for"
      | "reset_letters_asked_for"
      | "registration_reset_letters_asked_for"
      | "sign_in_letters_asked_for"
      | "sign_in_letters_asked_for_on_known_devices"
      | "address_change_letters_asked_for"
      | "address_change_letters_asked_for_by_staff"
      | "invitation_letters_asked_for_by_staff"
      | "address_changes_asked_for"
      | "password_changes_asked_for"
      | "username_changes_asked_for";
    /** `null` if consecutive failures since the last success are counted */
    window_seconds: number | null;
    /** Start of the window */
    from: string | null;
    number: number;
  }[];
  /** Data that this export doesn't contain, and why */
  not_held: string[];
};

export type Session = { id: string; created: string; last_used: string; device: string; current: boolean };

/** Whether letters to this address arrive */
export type Delivery = {
  /** `undeliverable`: a letter came back. `complained`: a letter was reported as spam. `suppressed`: SES has the address on its suppression list and sends it nothing */
  state: "fine" | "undeliverable" | "complained" | "suppressed";
  reason:
    | "no_such_mailbox"
    | "mailbox_full"
    | "message_refused"
    | "refused"
    | "complaint"
    | "suppression_list"
    | null;
  at: string | null;
};

/** What each operation is sent, what it answers, and the codes of its refusals. */
export type Operations = {
  /** Get the public keys that verify our tokens (RFC 7517) */
  getKeys: {
    sent: undefined;
    answer: { keys: PublicKey[] };
    code: CommonCode;
  };
  /** Get the issuer's metadata, which tells services where its keys are */
  getConfiguration: {
    sent: undefined;
    answer: { issuer: string; jwks_uri: string; claims_supported: string[] };
    code: CommonCode;
  };
  /** Sign in with the code from the email; returns a pair of tokens */
  createToken: {
    sent: {
      email: string;
      /** Six digits of any script, with or without the space or the sentence around it */
      otp_code: string;
    };
    answer: TokenPair;
    code:
      | "sign_in_refused"
      | "too_many_code_guesses"
      | "code_guesses_used_up"
      | "too_many_tries_from_network"
      | BodyCode
      | CommonCode;
  };
  /** Sign out; ends the session of the refresh token, if it hasn't ended yet */
  logout: {
    sent: { refresh: string };
    answer: undefined;
    code: "token_not_valid" | BodyCode | CommonCode;
  };
  /** Exchange a refresh token for a new pair of tokens */
  refreshToken: {
    sent: { refresh: string };
    answer: TokenPair;
    code: "token_not_valid" | BodyCode | CommonCode;
  };
  /** Check whether an access or refresh token is valid right now */
  verifyToken: {
    sent: { token: string };
    answer: Record<string, never>;
    code: "token_not_valid" | BodyCode | CommonCode;
  };
  /** Register an account and email an activation code to its address */
  createUser: {
    sent: {
      /** Letters and digits of any script, and @ . + - _ */
      username: string;
      email: string;
      /** Characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name */
      password: string;
      first_name?: string | undefined;
      last_name?: string | undefined;
      /** The language of emails. Without it, `Accept-Language` is the first guess */
      locale?: string | undefined;
      /** The token of a solved challenge against robots. It is needed after the refusals challenge_required and challenge_failed, and ignored otherwise */
      challenge_token?: string | undefined;
    };
    answer: User;
    code:
      | "too_many_letters_from_network"
      | "letter_budget_spent"
      | "challenge_required"
      | "challenge_failed"
      | BodyCode
      | CommonCode;
  };
  /** Activate the account with the code from the email; a password, names and language sent along replace the registered ones, and an invitation needs a password */
  activateUser: {
    sent: {
      email: string;
      /** Six digits or, for an invitation, sixteen letters and digits, as in the email */
      otp_code: string;
      /** Characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name */
      password?: string | undefined;
      /** Letters and digits of any script, and @ . + - _ */
      username?: string | undefined;
      first_name?: string | undefined;
      last_name?: string | undefined;
      /** The language of emails: en, de, fr, es, ar. A region or script is ignored */
      locale?: string | undefined;
    };
    answer: User;
    code:
      | "activation_refused"
      | "too_many_code_guesses"
      | "code_guesses_used_up"
      | "too_many_tries_from_network"
      | BodyCode
      | CommonCode;
  };
  /** Get the signed-in user's account */
  getMe: {
    sent: undefined;
    answer: User;
    code: BearerCode | CommonCode;
  };
  /** Change the username, first name, last name or language */
  updateMe: {
    sent: {
      /** Letters and digits of any script, and @ . + - _ */
      username?: string | undefined;
      first_name?: string | undefined;
      last_name?: string | undefined;
      locale?: string | null | undefined;
    };
    answer: User;
    code: "too_many_username_changes" | BearerCode | BodyCode | CommonCode;
  };
  /** Delete the account (requires the current password) */
  deleteMe: {
    sent: { current_password: string };
    answer: undefined;
    code:
      "not_yourself" | "too_many_password_guesses" | "deletion_waits" | BearerCode | BodyCode | CommonCode;
  };
  /** List what happened to the account and who did it, newest first */
  getActivity: {
    sent: {
      /** The `next` value of the previous page */
      cursor?: string | undefined;
      limit?: "25" | "50" | "100" | undefined;
    };
    answer: {
      results: {
        id: string;
        type:
          | "user.created"
          | "user.updated"
          | "user.email_changed"
          | "user.disabled"
          | "user.enabled"
          | "user.deleted"
          | "user.rank_changed"
          | "password.changed";
        time: string;
        /** `null` if it is not known */
        by: "you" | "an administrator" | "an operator" | "the service" | null;
      }[];
      /** A cursor, if there may be more. A page can be shorter than `limit`, or empty */
      next: string | null;
    };
    code: "cursor_not_valid" | BearerCode | CommonCode;
  };
  /** Export all personal data stored about the signed-in user */
  exportMe: {
    sent: undefined;
    answer: PersonalData;
    code: BearerCode | CommonCode;
  };
  /** List the active sessions, most recently used first */
  listSessions: {
    sent: undefined;
    answer: { results: Session[] };
    code: BearerCode | CommonCode;
  };
  /** End all other sessions immediately */
  endOtherSessions: {
    sent: undefined;
    answer: undefined;
    code: BearerCode | CommonCode;
  };
  /** End one session immediately */
  endSession: {
    sent: { id: string };
    answer: undefined;
    code: "not_found" | BearerCode | CommonCode;
  };
  /** Request a sign-in code with email address and password; it replaces any older code */
  requestOtp: {
    sent: { email: string; password: string };
    answer: { detail: string };
    code:
      | "no_active_account"
      | "too_many_password_guesses"
      | "too_many_tries_from_network"
      | "too_many_letters_from_network"
      | "letter_budget_spent"
      | BodyCode
      | CommonCode;
  };
  /** Request a password reset; emails a code if the address has an account or a registration */
  resetPassword: {
    sent: {
      email: string;
      /** The token of a solved challenge against robots. It is needed after the refusals challenge_required and challenge_failed, and ignored otherwise */
      challenge_token?: string | undefined;
    };
    answer: undefined;
    code: "too_many_letters_from_network" | "challenge_required" | "challenge_failed" | BodyCode | CommonCode;
  };
  /** Set a new password with the code from the email; ends all sessions, activates a registration, doesn't sign in */
  confirmPasswordReset: {
    sent: {
      email: string;
      /** Sixteen letters and digits, upper or lower case, with or without the hyphens */
      otp_code: string;
      /** Characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name */
      new_password: string;
    };
    answer: undefined;
    code: "code_refused" | "too_many_tries_from_network" | BodyCode | CommonCode;
  };
  /** Request an email address change; the new address gets a code, the old one a notice with an undo code */
  setEmail: {
    sent: { current_password: string; new_email: string };
    answer: undefined;
    code:
      | "too_many_password_guesses"
      | "too_many_address_changes"
      | "too_many_letters"
      | "too_many_letters_from_network"
      | BearerCode
      | BodyCode
      | CommonCode;
  };
  /** Confirm a new email address that an administrator entered, without being signed in */
  claimEmail: {
    sent: {
      email: string;
      /** Sixteen letters and digits, upper or lower case, with or without the hyphens */
      otp_code: string;
    };
    answer: User;
    code: "code_refused" | "too_many_tries_from_network" | BodyCode | CommonCode;
  };
  /** Confirm the new email address with the code from the email; it replaces the old one immediately */
  confirmEmail: {
    sent: {
      /** Sixteen letters and digits, upper or lower case, with or without the hyphens */
      otp_code: string;
    };
    answer: User;
    code: "code_refused" | BearerCode | BodyCode | CommonCode;
  };
  /** Undo an address change with the code from the notice to the earlier address; ends all sessions */
  undoEmail: {
    sent: {
      email: string;
      /** Sixteen letters and digits, upper or lower case, with or without the hyphens */
      otp_code: string;
    };
    answer: undefined;
    code: "code_refused" | "too_many_tries_from_network" | BodyCode | CommonCode;
  };
  /** Change the password; ends all other sessions and revokes all codes except an undo code */
  setPassword: {
    sent: {
      current_password: string;
      /** Characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name */
      new_password: string;
    };
    answer: undefined;
    code: "too_many_password_guesses" | "too_many_password_changes" | BearerCode | BodyCode | CommonCode;
  };
};
