/** Declares the part of Postman's converter that a test uses. The package has no types. */
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
