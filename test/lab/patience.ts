/**
 * How many times as long as usual things may take here: PORTOLAN_PATIENCE, which the virtual machine of test:vm sets,
 * since software emulates its processors. Limits of time in tests are multiplied by it.
 */
export const patience = Number(process.env['PORTOLAN_PATIENCE'] ?? 1);
