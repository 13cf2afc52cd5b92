/** Sent with every answer. Browsers ignore it over plain HTTP, so localhost is not affected. */
export const strictTransportSecurity = "max-age=31536000; includeSubDomains";
