/**
 * Hashes that Django 5.2 made of typed passwords after Django REST framework 3.18 had trimmed them,
 * with `PBKDF2PasswordHasher().encode(…)` and `Argon2PasswordHasher().encode(…)`. The older ones
 * have the parameters of older versions.
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
];
