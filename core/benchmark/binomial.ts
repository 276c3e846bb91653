/** Cumulative binomial distribution P(X ≤ k) for k = 0…n, summed in logarithms so that large n do not underflow. */
export function binomialCdf(n: number, p: number): number[] {
  const logP = Math.log(p);
  const logQ = Math.log1p(-p);
  const cdf: number[] = [];
  let logChoose = 0;
  let sum = 0;
  for (let k = 0; k <= n; k += 1) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    sum += Math.exp(logChoose + k * logP + (n - k) * logQ);
    cdf.push(Math.min(1, sum));
  }
  return cdf;
}
