/** What we use of Postman's converter, which brings no types. */
declare module "openapi-to-postmanv2" {
  type Conversion = {
    result: boolean;
    reason?: string;
    output: { type: "collection"; data: { item: unknown[] } }[];
  };
  export function convert(
    input: { type: "string"; data: string },
    options: Record<string, unknown>,
    done: (error: Error | null, conversion: Conversion) => void,
  ): void;
}
