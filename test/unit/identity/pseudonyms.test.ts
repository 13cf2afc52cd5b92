import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkOf } from "../../../shared/identity/pseudonyms.ts";

const hexGroups = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: count, maxLength: count })
    .map((groups) => groups.map((group) => group.toString(16)).join(":"));

describe("the network of a caller", () => {
  it("is one address of IPv4, however it is written", () => {
    expect(networkOf("192.0.2.1")).not.toBe(networkOf("192.0.2.2"));
    expect(networkOf("::ffff:192.0.2.1")).toBe(networkOf("192.0.2.1"));
  });

  it("is a /64 of IPv6: whoever changes the rest of his address stays the same", () => {
    fc.assert(
      fc.property(hexGroups(4), hexGroups(4), hexGroups(4), (network, one, other) => {
        // Mapped IPv4 is no IPv6 network.
        fc.pre(!/^0:0:0:0$/.test(network));
        expect(networkOf(`${network}:${one}`)).toBe(networkOf(`${network}:${other}`));
      }),
    );
    expect(networkOf("2001:db8:0:1::1")).toBe(networkOf("2001:DB8:0:1:ffff:ffff:ffff:ffff"));
    expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8:0:2::1"));
  });

  it("is its own text where that is no address at all, so that tests of the console count as one", () => {
    expect(networkOf("test-invoke-source-ip")).toBe("test-invoke-source-ip");
  });
});
