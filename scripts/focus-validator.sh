#!/usr/bin/env bash
# Runs the official FOCUS validator (rules of FOCUS 1.2, from PyPI, needs Python 3.12) on a file with every kind of row, or on
# the file given. Fails when a rule fails that is not among those known to be wrong or wider than the standard (docs/finance.md).
set -euo pipefail
cd "$(dirname "$0")/.."
home="${PURSER_CACHE_DIR:-$HOME/.cache/purser}/focus-validator-2.2.1"
known='InvoiceId-C-004-C|EffectiveCost-C-005-C|EffectiveCost-C-000-M|CommitmentDiscountStatus-C-00[024]-C|PricingCurrency-C-00[03]-[CM]'
criteria=ACCOUNT_NAMING_SUPPORTED,COMMITMENT_DISCOUNT_SUPPORTED,MULTIPLE_PRICING_CATEGORIES_SUPPORTED,MULTIPLE_BILLING_ACCOUNT_TYPES_SUPPORTED
criteria+=,NEGOTIATED_PRICING_SUPPORTED,PUBLIC_PRICE_LIST_SUPPORTED,USAGE_MEASUREMENT_SUPPORTED,UNIT_PRICING_SUPPORTED
criteria+=,RESOURCE_TYPE_ASSIGNMENT_SUPPORTED,VIRTUAL_CURRENCY_SUPPORTED,TAGGING_SUPPORTED
[ -x "$home/bin/focus-validator" ] || { python3.12 -m venv "$home" && "$home/bin/pip" install -q 'focus-validator==2.2.1' 'pyarrow<22'; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
file="${1:-$work/sample.csv}"
if [ $# = 0 ]; then
  PURSER_FOCUS_SAMPLE="$file" cargo test -q -p domain --locked --lib the_sample_has_every_kind_of_row > "$work/test.log" || { cat "$work/test.log"; exit 1; }
fi
file="$(realpath "$file")"
# It finds its list of currencies by a relative path, and leaves a log beside it.
cd "$home"/lib/python3*/site-packages
for with in "" "$criteria"; do
  "$home/bin/focus-validator" --data-file "$file" --validate-version 1.2 --block-download --output-type unittest \
    --output-destination "$work/report.xml" ${with:+--applicability-criteria "$with"} > "$work/out.log" 2>&1 || { tail -5 "$work/out.log"; exit 1; }
  "$home/bin/python" - "$work/report.xml" "$known" "${with:-none}" <<'PY'
import re, sys, xml.etree.ElementTree as tree
report, known, criteria = sys.argv[1:]
cases = list(tree.parse(report).getroot().iter("testcase"))
failed = sorted({case.get("name", "").split(" ")[0].split("::")[0] for case in cases if case.find("failure") is not None or case.find("error") is not None})
skipped = sum(case.find("skipped") is not None for case in cases)
unknown = [name for name in failed if not re.search(known, name)]
print(f"criteria: {'all that we support' if criteria != 'none' else 'none'}: {len(cases) - skipped - len(failed)} pass, {len(failed)} fail, {skipped} skipped")
for name in failed:
    print("  ", "KNOWN  " if name not in unknown else "UNKNOWN", name)
sys.exit(bool(unknown) or not cases)
PY
done
