import type { Settings } from "../settings/settings.ts";
import { ofFunction, type AlarmRow } from "./aws-metrics.ts";
import { checkMetric, securityMetric } from "./security-metrics.ts";

/** A service of others is sometimes slow. */
const failuresOfChecks = 3;

const checkAlarms = ({
  STAGE,
  PWNED_PASSWORDS_URL,
  CHALLENGE_VERIFY_URL,
}: Settings): Record<string, AlarmRow> => ({
  ...(PWNED_PASSWORDS_URL !== "off" && {
    BreachCheckAlarm: {
      meaning: "The service of breached passwords gives no answer, so all passwords are accepted",
      metric: checkMetric(STAGE, "BreachCheckFailed"),
      threshold: failuresOfChecks,
    },
  }),
  ...(CHALLENGE_VERIFY_URL !== "off" && {
    ChallengeCheckAlarm: {
      meaning: "The service that checks for robots gives no answer, or refuses the secret key",
      metric: checkMetric(STAGE, "ChallengeCheckFailed"),
      threshold: failuresOfChecks,
    },
  }),
});

export const securityAlarms = (settings: Settings): Record<string, AlarmRow> => {
  const { STAGE } = settings;
  return {
    KeyRotationAlarm: {
      meaning: "The key rotation function failed",
      metric: ofFunction(STAGE, "rotateKeys", "Errors"),
    },
    KeysOverdueAlarm: {
      meaning: "The keys of tokens or codes are a week older than they should get: rotation does not run",
      metric: securityMetric(STAGE, "KeysOverdue"),
    },
    ...checkAlarms(settings),
    FailedGuessesAlarm: {
      meaning: "Many wrong passwords and codes over all accounts",
      metric: securityMetric(STAGE, "FailedGuesses"),
      threshold: settings.FAILED_GUESSES_ALARM_PER_HOUR,
    },
    LetterBudgetAlarm: {
      meaning: "The hourly limit of registrations is reached: no one can register until the hour ends",
      metric: securityMetric(STAGE, "LettersOverBudget"),
    },
    ResetLettersAlarm: {
      meaning: "Unusually many people get a code for a lost password",
      metric: securityMetric(STAGE, "ResetLetters"),
      threshold: settings.RESET_LETTERS_ALARM_PER_HOUR,
    },
    AddressMoveAlarm: {
      meaning: "An administrator froze an account, to move it from a lost mailbox to a new address",
      metric: securityMetric(STAGE, "AddressMoves"),
    },
    BouncesAtOneDomainAlarm: {
      meaning: "Ten mailboxes of accounts at one domain were said to be missing within an hour",
      metric: securityMetric(STAGE, "BouncesAtOneDomain"),
    },
    RegistrationsStoppedAlarm: {
      meaning: "Too many emails after registrations came back: no one can register for an hour",
      metric: securityMetric(STAGE, "RegistrationsStopped"),
    },
    StaffActsAlarm: {
      meaning:
        "An administrator has reached the limit on changes, invitations or exports: the session may be stolen",
      metric: securityMetric(STAGE, "StaffActsOverLimit"),
    },
  };
};
