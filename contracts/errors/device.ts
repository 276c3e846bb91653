import { defineErrors } from './catalogue.ts';

export const deviceErrors = defineErrors({
  DEVICE_UNKNOWN: {
    retry: 'never',
    what: 'This device is not enrolled at this site.',
    unchanged: 'Nothing was changed.',
    next: 'Enrol it with a one-time code.',
  },
  DEVICE_CERTIFICATE_REFUSED: {
    retry: 'after-operator',
    what: 'The device certificate is not accepted.',
    unchanged: 'The connection was closed and nothing was served.',
    next: 'Enrol the device again.',
  },
  DEVICE_UNREACHABLE: {
    retry: 'later',
    what: 'The device does not answer.',
    unchanged: 'Its running model is unchanged.',
    next: 'Check power and network; the station tries again by itself.',
  },
  DEVICE_PORT_UNAVAILABLE: {
    retry: 'after-operator',
    what: 'The station cannot listen for devices on this address and port.',
    unchanged: 'No device is connected; their running models are unchanged.',
    next: 'Close the program that holds the port, or choose another one.',
  },
  ENROLMENT_CODE_INVALID: {
    retry: 'after-operator',
    what: 'The enrolment code is unknown, used or expired.',
    unchanged: 'No device was added.',
    next: 'Create a new code.',
  },
  ENROLMENT_REQUEST_INVALID: {
    retry: 'after-operator',
    what: 'The enrolment request is malformed.',
    unchanged: 'No device was added.',
    next: 'Repeat the enrolment with the same agent version as the station.',
  },
  DOCUMENT_SIGNATURE_INVALID: {
    retry: 'never',
    what: 'A document from the wire is not signed by its stated sender.',
    unchanged: 'The document was dropped.',
    next: 'Check the enrolment of both sides.',
  },
  DOCUMENT_STALE: {
    retry: 'never',
    what: 'A document is older than the one already held, or expired.',
    unchanged: 'The newer one stays in force.',
    next: 'Nothing, unless it repeats.',
  },
  MIRROR_UNREACHABLE: {
    retry: 'later',
    what: 'The site mirror does not answer.',
    unchanged: 'The running model is unchanged; bytes already pulled are kept.',
    next: 'Check the network; the agent tries again by itself.',
  },
  SLOT_SMOKE_FAILED: {
    retry: 'never',
    what: 'The model did not reproduce its golden outputs on this machine.',
    unchanged: 'The previous model keeps running.',
    next: 'Read the evidence on the device page.',
  },
  SLOT_VERIFICATION_FAILED: {
    retry: 'never',
    what: 'The device could not verify the model by itself.',
    unchanged: 'The previous model keeps running.',
    next: 'Read the findings; check the trust pinned on the device.',
  },
  STATION_UNREACHABLE: {
    retry: 'later',
    what: 'The station does not answer this device.',
    unchanged: 'The running model is unchanged; what was to be sent is kept on this device.',
    next: 'Check the network; the agent tries again by itself.',
  },
  STATION_IDENTITY_WRONG: {
    retry: 'never',
    what: 'The machine at this address is not the station that made the code.',
    unchanged: 'Nothing was sent to it and nothing was stored.',
    next: 'Check the address and the code; do not continue if both are right.',
  },
  AGENT_FOLDER_INVALID: {
    retry: 'after-operator',
    what: 'The agent folder is not enrolled, or its files are damaged.',
    unchanged: 'Nothing was changed.',
    next: 'Enrol the device into a new folder.',
  },
  MODEL_NOT_SERVING: {
    retry: 'later',
    what: 'No model is serving on this device.',
    unchanged: 'Nothing was changed.',
    next: 'Roll a model out to it.',
  },
  INFERENCE_INPUT_INVALID: {
    retry: 'after-operator',
    what: 'The inference request does not match the model contract.',
    unchanged: 'Nothing was computed.',
    next: 'Send inputs with the names, shapes and types of the contract.',
  },
});
