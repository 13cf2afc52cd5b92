import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkOf } from "../../../shared/identity/pseudonyms.ts";

const hexGroups = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: count, maxLength: count })
    .map((groups) => groups.map((group) => group.toString(16)).join(":"));

describe("network of a caller", () => {
  it("is one IPv4 address in any notation", () => {
    expect(networkOf("192.0.2.1")).not.toBe(networkOf("192.0.2.2"));
    expect(networkOf("::ffff:192.0.2.1")).toBe(networkOf("192.0.2.1"));
  });

  it("is the /64 prefix of an IPv6 address", () => {
    fc.assert(
      fc.property(hexGroups(4), hexGroups(4), hexGroups(4), (network, one, other) => {
        // This prefix holds mapped IPv4 addresses, which count one by one.
        fc.pre(!/^0:0:0:0$/.test(network));
        expect(networkOf(`${network}:${one}`)).toBe(networkOf(`${network}:${other}`));
      }),
    );
    expect(networkOf("2001:db8:0:1::1")).toBe(networkOf("2001:DB8:0:1:ffff:ffff:ffff:ffff"));
    expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8:0:2::1"));
  });

  it("is the text itself if that is no address", () => {
    // API Gateway's console sends this text with its test calls, which count as one network.
    expect(networkOf("test-invoke-source-ip")).toBe("test-invoke-source-ip");
  });
});
