// Made from the contract by `npm run client`. Edit shared/contract/ instead.

export type PublicKey = { kty: "RSA"; n: string; e: string; kid: string; alg: "RS256"; use: "sig" };
export type TokenPair = { refresh: string; access: string };
export type User = {
  username: string;
  first_name: string;
  last_name: string;
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
  password: { hash: string };
  sessions: readonly Session[];
  waiting_codes: readonly { purpose: "sign_in" | "password_reset"; until: string }[];
  address_change: { new_email: string; until: string } | null;
  earlier_address: { email: string; until: string } | null;
  undone_address: { email: string; until: string } | null;
  registration: { created: string; until: string } | null;
  delivery: Delivery;
  activity: readonly {
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
    by: "you" | "an administrator" | "an operator" | "the service" | null;
  }[];
  counters: readonly {
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
    window_seconds: number | null;
    from: string | null;
    number: number;
  }[];
  not_held: readonly string[];
};
export type Session = { id: string; created: string; last_used: string; device: string; current: boolean };
export type Delivery = {
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
    answer: { keys: readonly PublicKey[] };
    code: "throttled" | "unexpected_failure" | "service_unavailable";
  };
  /** Get the issuer's metadata, which tells services where its keys are */
  getConfiguration: {
    sent: undefined;
    answer: { issuer: string; jwks_uri: string; claims_supported: readonly string[] };
    code: "throttled" | "unexpected_failure" | "service_unavailable";
  };
  /** Sign in with the code from the email; returns a pair of tokens */
  createToken: {
    sent: { email: string; otp_code: string };
    answer: TokenPair;
    code:
      | "sign_in_refused"
      | "too_many_code_guesses"
      | "code_guesses_used_up"
      | "too_many_tries_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Sign out; ends the session of the refresh token, if it hasn't ended yet */
  logout: {
    sent: { refresh: string };
    answer: undefined;
    code:
      | "token_not_valid"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Exchange a refresh token for a new pair of tokens */
  refreshToken: {
    sent: { refresh: string };
    answer: TokenPair;
    code:
      | "token_not_valid"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Check whether an access or refresh token is valid right now */
  verifyToken: {
    sent: { token: string };
    answer: Record<string, never>;
    code:
      | "token_not_valid"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Register an account and email an activation code to its address */
  createUser: {
    sent: {
      username: string;
      email: string;
      password: string;
      first_name?: string | undefined;
      last_name?: string | undefined;
      locale?: string | undefined;
      challenge_token?: string | undefined;
    };
    answer: User;
    code:
      | "too_many_letters_from_network"
      | "letter_budget_spent"
      | "challenge_required"
      | "challenge_failed"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Activate the account with the code from the email; a password, names and language sent along replace the registered ones, and an invitation needs a password */
  activateUser: {
    sent: {
      email: string;
      otp_code: string;
      password?: string | undefined;
      username?: string | undefined;
      first_name?: string | undefined;
      last_name?: string | undefined;
      locale?: string | undefined;
    };
    answer: User;
    code:
      | "activation_refused"
      | "too_many_code_guesses"
      | "code_guesses_used_up"
      | "too_many_tries_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Get the signed-in user's account */
  getMe: {
    sent: undefined;
    answer: User;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Change the username, first name, last name or language */
  updateMe: {
    sent: {
      username?: string | undefined;
      first_name?: string | undefined;
      last_name?: string | undefined;
      locale?: string | null | undefined;
    };
    answer: User;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "too_many_username_changes"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Delete the account (requires the current password) */
  deleteMe: {
    sent: { current_password: string };
    answer: undefined;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "not_yourself"
      | "too_many_password_guesses"
      | "deletion_waits"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** List what happened to the account and who did it, newest first */
  getActivity: {
    sent: { cursor?: string | undefined; limit?: "25" | "50" | "100" | undefined };
    answer: {
      results: readonly {
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
        by: "you" | "an administrator" | "an operator" | "the service" | null;
      }[];
      next: string | null;
    };
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "cursor_not_valid"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Export all personal data stored about the signed-in user */
  exportMe: {
    sent: undefined;
    answer: PersonalData;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** List the active sessions, most recently used first */
  listSessions: {
    sent: undefined;
    answer: { results: readonly Session[] };
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** End all other sessions immediately */
  endOtherSessions: {
    sent: undefined;
    answer: undefined;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** End one session immediately */
  endSession: {
    sent: { id: string };
    answer: undefined;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "not_found"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
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
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Request a password reset; emails a code if the address has an account or a registration */
  resetPassword: {
    sent: { email: string; challenge_token?: string | undefined };
    answer: undefined;
    code:
      | "too_many_letters_from_network"
      | "challenge_required"
      | "challenge_failed"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Set a new password with the code from the email; ends all sessions, activates a registration, doesn't sign in */
  confirmPasswordReset: {
    sent: { email: string; otp_code: string; new_password: string };
    answer: undefined;
    code:
      | "code_refused"
      | "too_many_tries_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Request an email address change; the new address gets a code, the old one a notice with an undo code */
  setEmail: {
    sent: { current_password: string; new_email: string };
    answer: undefined;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "too_many_password_guesses"
      | "too_many_address_changes"
      | "too_many_letters"
      | "too_many_letters_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Confirm a new email address that an administrator entered, without being signed in */
  claimEmail: {
    sent: { email: string; otp_code: string };
    answer: User;
    code:
      | "code_refused"
      | "too_many_tries_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Confirm the new email address with the code from the email; it replaces the old one immediately */
  confirmEmail: {
    sent: { otp_code: string };
    answer: User;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "code_refused"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Undo an address change with the code from the notice to the earlier address; ends all sessions */
  undoEmail: {
    sent: { email: string; otp_code: string };
    answer: undefined;
    code:
      | "code_refused"
      | "too_many_tries_from_network"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
  /** Change the password; ends all other sessions and revokes all codes except an undo code */
  setPassword: {
    sent: { current_password: string; new_password: string };
    answer: undefined;
    code:
      | "not_authenticated"
      | "bad_authorization_header"
      | "token_not_valid"
      | "user_inactive"
      | "user_not_found"
      | "too_many_password_guesses"
      | "too_many_password_changes"
      | "parse_error"
      | "request_too_large"
      | "unsupported_media_type"
      | "throttled"
      | "unexpected_failure"
      | "service_unavailable";
  };
};
