/**
 * Hashes that Django 5.2 made of typed passwords after Django REST framework 3.18 had trimmed them,
 * with `encode(…)` of its hashers (and bcrypt 5.0 of PyPI). The older ones have the parameters of
 * older versions.
 */
export const djangoHashes: { what: string; typed: string; passwordHash: string }[] = [
  {
    what: "pbkdf2 of Django 3.2",
    typed: "correct horse battery",
    passwordHash: "pbkdf2_sha256$260000$zwm5BQ1pSK28ad9f4SCTzf$8n/Z/ZTE4CjgYb1ySfGcyt/02U8ioFxYl8Kfev2Sc5c=",
  },
  {
    what: "pbkdf2 of Django 5.2",
    typed: "correct horse battery",
    passwordHash: "pbkdf2_sha256$1000000$4M3sYOoY7aidvCgbAbIHMi$/TWQh7N5Rq8a0LDPOhy5wtelRpjqyegd1lQfVwjQEgQ=",
  },
  {
    what: "pbkdf2, spaces around it",
    typed: "  \u00a0spaced out words\t\u2003",
    passwordHash: "pbkdf2_sha256$1000$HtQhwpofX6La0kDuxjpOeD$4DkZ0wrMO0So+rMjshCuGmYTaewuE02JNoG5Bao8wAk=",
  },
  {
    what: "pbkdf2, separators that only Python trims",
    typed: "\u001c\u001f\u0085separated words\u001d",
    passwordHash: "pbkdf2_sha256$1000$khLkWpMFIYn4wHtysOER6q$7eqLehpuIN33I+1M4d60vUK2xwzD2auZBNR6E5Kq6oY=",
  },
  {
    what: "pbkdf2, a byte order mark that Python does not trim",
    typed: "\ufeffmarked words",
    passwordHash: "pbkdf2_sha256$1000$6ntiP7TDPOykl6xpYdZ0B3$6SVLaWjJJVrjCgfuYqi6AxNaoztUkLluQ+in7fOV6/k=",
  },
  {
    what: "pbkdf2, decomposed",
    typed: "cafe\u0301 au lait tous les matins",
    passwordHash: "pbkdf2_sha256$1000$vUI3ehLAinojW3duK7t9Tm$qsEtzQHuUNaAvQmBeeRNGtaupLIhOmMMf5gMVIMbZ6g=",
  },
  {
    what: "pbkdf2, composed",
    typed: "caf\u00e9 au lait tous les matins",
    passwordHash: "pbkdf2_sha256$1000$04kQ2NbWMn5uP12XrAvTAx$5u57uopWhHWVf3yDZ0KiigpZssb5k+qRZNrGfNnlbD0=",
  },
  {
    what: "pbkdf2, compatibility forms",
    typed: "\ufb01sh and \uff21\u00b2 chips",
    passwordHash: "pbkdf2_sha256$1000$4CQCTDjyQLr6WDqtgPViaI$9lWZO3d/TXU/nQpaQwQN11UplBQqMk5tk1xgKlGKLcg=",
  },
  {
    what: "pbkdf2, 300 characters",
    typed: "long-\u{1f98a}".repeat(50),
    passwordHash: "pbkdf2_sha256$1000$GhIJ2Bv1N4vATT73DvkcRu$6yqfmHv7VAKQAUu3FM21e9ldLRJsYDBTqaQjJ8Eknkk=",
  },
  {
    what: "argon2id",
    typed: "correct horse battery",
    passwordHash:
      "argon2$argon2id$v=19$m=102400,t=2,p=8$Uks0aVppYmxUTmR5Z0Qyd0tVdmlTMQ$wXtMPSKNUom4nITkMVJqonznjSnNiudHpnuHS2YxlWc",
  },
  {
    what: "argon2id, spaces around it",
    typed: " spaced out words\n",
    passwordHash:
      "argon2$argon2id$v=19$m=102400,t=2,p=8$YmpHaGhTSGFvbnhydURsRWU2aEF0Ug$gKZ2uBb/4EXs6GftbcwL9XOS1Cs2hNEwoo/MBcqx73k",
  },
  {
    what: "argon2id, decomposed",
    typed: "cafe\u0301 au lait tous les matins",
    passwordHash:
      "argon2$argon2id$v=19$m=102400,t=2,p=8$a0JmVHhCVjNzT2xGbERzWE02aThreQ$+RAkiYZQ5K6q/f7zxJPpD7ff9SnxffZVZMbIIbRsYkc",
  },
  {
    what: "argon2id, 300 characters",
    typed: "x".repeat(300),
    passwordHash:
      "argon2$argon2id$v=19$m=102400,t=2,p=8$Rks0MDNZUmFsRHBSYlI4TlJ2Tm5nVw$ssqEn63sHcErhtwmT12sl57iNtQf+drFqQaAL8b8IbQ",
  },
  {
    what: "argon2i of Django 2",
    typed: "correct horse battery",
    passwordHash:
      "argon2$argon2i$v=19$m=512,t=2,p=2$cWhkQVNVTDlIUkhNeE8wZGRGVzhxSA$ivP/QWGr3Tiu7q0CaQRz4ZMgYj7VVP6aNponvI3pahs",
  },
  {
    what: "scrypt of Django 5.2",
    typed: "correct horse battery",
    passwordHash:
      "scrypt$16384$c0SNmN2b4qB7oow7PahK5u$8$5$hw7iS2qvcvOxIBK3r+qGdsSAdx+FPmosLGjmNi4yI+uLL0tYNRxhpfCDbFROp0iBIVpVKBlWZXK9RvrknncZOw==",
  },
  {
    what: "scrypt, one lane, spaces around it",
    typed: "  spaced out words\t",
    passwordHash:
      "scrypt$1024$hCe6B9dKUOuFRXkhrld14T$8$1$64hE710RuyVoEcx8nQI0nZjbd6PT4v2+s3gRLh6sm3/dFlXwQXJ/8jeGKASFflLyHOYyf9dzGhkX8GlZa41Rrw==",
  },
  {
    what: "scrypt, composed, with a salt that is not ASCII",
    typed: "caf\u00e9 au lait tous les matins",
    passwordHash:
      "scrypt$2048$s\u00e4lz\u20ac$4$3$tb/rR09/z8gDWHG8jROMlO8ECn71T5A5PVPu17R+jNo02eDW3KlIEMBvJAJYf62yV4aoXHrWyVrPgl2528okzA==",
  },
  {
    what: "pbkdf2_sha1 of Django 5.2",
    typed: "correct horse battery",
    passwordHash: "pbkdf2_sha1$1000000$1EbHhu7DxR5RGTIV3KmlER$JtiQvssuwrsisVsOsc/qT9nWpfE=",
  },
  {
    what: "pbkdf2_sha1, spaces around it",
    typed: " spaced out words\u00a0",
    passwordHash: "pbkdf2_sha1$1000$yP6856e14D6933qK7L9fbl$pW85oXuN3AsZK1uM8RMQ+hzJUow=",
  },
  {
    what: "bcrypt of Django 5.2",
    typed: "correct horse battery",
    passwordHash: "bcrypt$$2b$12$qNO4JIeeWaJINjqd/fb/duEg41PbKo.LaAJFzHLzCL2az/alCuUiS",
  },
  {
    what: "bcrypt, spaces around it",
    typed: "\tspaced out words ",
    passwordHash: "bcrypt$$2b$05$bafhqSK4smq3lwQSHteXS.W1pRFxaOwmNbfASIJ2mY78lir5gmAJ6",
  },
  {
    what: "bcrypt, decomposed",
    typed: "cafe\u0301 au lait tous les matins",
    passwordHash: "bcrypt$$2b$05$VQNQFYkxAMmrAEF5faoCd.IYNYLwedSBYO4OU/1onG.hOiYxyZe4S",
  },
  {
    what: "bcrypt_sha256, 300 characters",
    typed: "x".repeat(300),
    passwordHash: "bcrypt_sha256$$2b$05$2fEUzoAAEicMWv076lSqnOlTX2zDbneEvXrByscPQcuf4x5wC0akG",
  },
  {
    what: "bcrypt_sha256, composed, a space before it",
    typed: " caf\u00e9 au lait tous les matins",
    passwordHash: "bcrypt_sha256$$2b$05$ux4d0Oel13yCziwJi7Sh0uJ4YNwCxdHrTaw1XPYlvrN9A4VcV8.Ji",
  },
];

/** Bcrypt hashes as other systems keep them: of bcrypt 5.0 of PyPI, and of libxcrypt's `crypt`. */
export const bcryptHashes: typeof djangoHashes = [
  {
    what: "$2a$ of cost 10, a space after it",
    typed: "correct horse battery ",
    passwordHash: "$2a$10$ezSWXBf9TpAAHm/bczc.S.jxxn2zAqTy06UigWJIw8xFM6nNkQOaG",
  },
  {
    what: "$2b$, a space after it",
    typed: "correct horse battery ",
    passwordHash: "$2b$05$KSVuEy9MpLYnzM9uMgxZwe7whqbxOowOSFo5lbhMTUH/.w1ln6HCG",
  },
  {
    what: "$2b$, compatibility forms",
    typed: "\ufb01sh and \uff21\u00b2 chips",
    passwordHash: "$2b$05$qO./wEakcCSCp5ApoKhepOxIfl6st2mYTVO6kdV867uEicJm5owaC",
  },
  {
    what: "$2y$ of libxcrypt",
    typed: "\u20ac correct horse battery",
    passwordHash: "$2y$05$abcdefghijklmnopqrstuuSDLuzwLEOODdTfcZSyx/H18TkZKW.US",
  },
  {
    what: "$2y$ with a salt that ends in unused bits",
    typed: "correct",
    passwordHash: "$2y$05$abcdefghijklmnopqrstuvSSgfZSwfwKPbBZRnD5O0VgRw2zVgiZC",
  },
];

/** bcrypt reads no more than 72 bytes, which both passwords have. */
export const cutHashes: typeof djangoHashes = [
  {
    what: "72 bytes",
    typed: "ab\u20ac1".repeat(12),
    passwordHash: "bcrypt$$2b$05$iAs9tBBOj2q.s0yg0m93eeRVdUbaEuF9onFDhSbS6L1g0O7ctgtMC",
  },
  {
    what: "80 bytes",
    typed: "x".repeat(80),
    passwordHash: "$2y$05$Qwx11vUjYTbW10Edqa6qPOTR5O45luAJYCnyTCJlEP9G7ceJLqjgK",
  },
];
