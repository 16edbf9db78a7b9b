/** The realm of agents' SIP digests: MD5(phone:realm:password), RFC 3261 section 22. */
export const SIP_REALM = "dozvon";
