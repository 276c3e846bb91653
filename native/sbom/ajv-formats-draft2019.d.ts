/** The package ships no types. A format is a test of one text. */
declare module 'ajv-formats-draft2019/formats/idn-email.js' {
  const isIdnEmail: (text: string) => boolean;
  export default isIdnEmail;
}
declare module 'ajv-formats-draft2019/formats/iri-reference.js' {
  const isIriReference: (text: string) => boolean;
  export default isIriReference;
}
