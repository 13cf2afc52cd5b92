// Passwords with their hashes. A hash takes longer than all else that a test does to make a person.
const known = [
  [
    "Granite-pimtvpqihjvm",
    "$argon2id$v=19$m=19456,t=2,p=1$VvCNCKE6kkPDX46nXki8cw$Pip1GMXvzJCLm+MEo79M79s7P89qpu3pdYsjwusaSjE",
  ],
  [
    "Granite-jqkiouiilult",
    "$argon2id$v=19$m=19456,t=2,p=1$sJ1giM5CGuAbqlSif96yxg$Lpw7RKmVYG/dX8oKG5ptf4ieyg0OXqvgUeEcespx8FE",
  ],
  [
    "Granite-ikjutpgtupkq",
    "$argon2id$v=19$m=19456,t=2,p=1$IzaMnEiRxTX0/BvfGHqFkQ$W6dSJW8ktRiwJx7p6nKrT3sPu2uEMgrD/4AcTAm8fvA",
  ],
  [
    "Granite-ommpvionkmst",
    "$argon2id$v=19$m=19456,t=2,p=1$1s4EJt6mvdQN4uZJZtOQhg$jpPYUlnluDb7pASO8jUUGKP00n+4Srm9AYcaVlgPWpc",
  ],
  [
    "Granite-jmppovmugtmt",
    "$argon2id$v=19$m=19456,t=2,p=1$nL1oOT3hWBo4PBrGCq1ptQ$zcvhn9cJoXHpm463L+IczH8DU0jUB5uMUbwTmcTKodI",
  ],
  [
    "Granite-gguiijpqvgsg",
    "$argon2id$v=19$m=19456,t=2,p=1$AaBNKjZdo/DDT8hZGpEIRQ$NmqBBbj/GtpMnUv0DH3C8rfo471XpCHTI9/EcPG3EVc",
  ],
] as const;

let given = 0;

/** Persons of one test have different passwords, unless there are more of them than passwords. */
export const knownPassword = (): { password: string; passwordHash: string } => {
  const [password, passwordHash] = known[given % known.length]!;
  given += 1;
  return { password, passwordHash };
};
