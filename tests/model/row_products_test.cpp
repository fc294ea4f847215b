#include "model/row_products.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "support/words.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;
using model::SparseRows;

namespace {

constexpr std::size_t tile = 21;  // rows, more than any kernel takes at once

void append_value(SparseRows& rows, std::size_t column, test::Words& words) {
    rows.columns.push_back(static_cast<std::uint32_t>(column));
    rows.values.push_back(words.signed_power(-3.0, 3.0));
}

/// `count` columns from `first` on, every `step`th, in every row.
SparseRows equal_rows(std::size_t count, std::size_t first, std::size_t step) {
    test::Words words{count};
    SparseRows rows{.dimension = first + step * count};
    for (std::size_t j = 0; j < 2 * tile; ++j) {
        for (std::size_t k = 0; k < count; ++k) {
            append_value(rows, first + k * step, words);
        }
        rows.starts.push_back(rows.values.size());
    }
    return rows;
}

/// Rows of 0 to d entries, some of them empty and some full.
SparseRows unequal_rows(std::size_t d) {
    test::Words words{d};
    SparseRows rows{.dimension = d};
    for (std::size_t j = 0; j < 2 * tile; ++j) {
        const double density = 0.5 * static_cast<double>(j % 3);
        for (std::size_t k = 0; k < d; ++k) {
            if (words.uniform(0.0, 1.0) < density) {
                append_value(rows, k, words);
            }
        }
        rows.starts.push_back(rows.values.size());
    }
    return rows;
}

std::vector<SparseRows> data_sets() {
    std::vector<SparseRows> sets;
    for (std::size_t count = 1; count <= 19; ++count) {
        sets.push_back(equal_rows(count, 0, 1));
    }
    sets.push_back(equal_rows(30, 2, 3));
    for (const std::size_t d : {std::size_t{1}, std::size_t{7}, std::size_t{40}}) {
        sets.push_back(unequal_rows(d));
    }
    return sets;
}

/// Lanes 3 and 4 are infinite here and there, lane 5 has zeros of both signs, lane 6
/// numbers so small that products vanish.
Array random_block(std::size_t rows, std::uint64_t state) {
    test::Words words{state};
    Array block(rows * lanes);
    for (std::size_t e = 0; e < block.size(); ++e) {
        const double value = words.signed_power(-3.0, 3.0);
        const std::size_t lane = e % lanes;
        const bool is_special = words.next() % 4 == 0;
        block[e] = value;
        if (lane == 6) {
            block[e] *= 1e-322;
        } else if (is_special && (lane == 3 || lane == 4)) {
            block[e] = std::copysign(std::numeric_limits<double>::infinity(), value);
        } else if (is_special && lane == 5) {
            block[e] = std::copysign(0.0, value);
        }
    }
    return block;
}

/// Rows for three tiles of lanes, the last row of the data among them.
std::vector<std::uint64_t> random_draws(std::uint64_t available) {
    test::Words words{available};
    std::vector<std::uint64_t> draws(3 * lanes);
    for (std::uint64_t& draw : draws) {
        draw = words.next() % available;
    }
    draws[17] = available - 1;
    draws[47] = available - 1;
    return draws;
}

/// The same bits, the sign of zero included; any NaN is like any other.
bool is_same(const Array& a, const Array& b) {
    bool same = a.size() == b.size();
    for (std::size_t e = 0; same && e < a.size(); ++e) {
        same = (std::isnan(a[e]) && std::isnan(b[e])) ||
               std::bit_cast<std::uint64_t>(a[e]) == std::bit_cast<std::uint64_t>(b[e]);
    }
    return same;
}

/// a_j'x of one lane; term k is added to sum k % parts, and these are added at the end.
double plain_product(const model::SparseRow& row,
                     const Array& x,
                     std::size_t lane,
                     std::size_t parts) {
    std::vector<double> sums(parts, 0.0);
    for (std::size_t k = 0; k < row.values.size(); ++k) {
        double& sum = sums[k % parts];
        sum = std::fma(row.values[k], x[row.columns[k] * lanes + lane], sum);
    }
    return parts == 1 ? sums[0] : sums[0] + sums[1];
}

void add_plainly(const model::SparseRow& row,
                 double factor,
                 std::size_t lane,
                 Array& sum) {
    for (std::size_t k = 0; k < row.values.size(); ++k) {
        double& to = sum[row.columns[k] * lanes + lane];
        to = std::fma(row.values[k], factor, to);
    }
}

}  // namespace

TEST_CASE("products with some rows have the bits of the plain loop") {
    for (const SparseRows& rows : data_sets()) {
        const model::RowProducts products{rows};
        const Array x = random_block(rows.dimension, 5);
        const Array factors = random_block(tile, 6);
        for (std::size_t count = 0; count <= tile; ++count) {
            const std::size_t first = rows.size() - count;
            CAPTURE(rows.dimension);
            CAPTURE(count);
            Array product(count * lanes);
            Array sum = x;
            Array expected_product(count * lanes);
            Array expected_sum = x;

            products.multiply(first, count, x.data(), product.data());
            products.add_multiples(first, count, factors.data(), sum.data());

            for (std::size_t e = 0; e < count * lanes; ++e) {
                const model::SparseRow row = rows.row(first + e / lanes);
                expected_product[e] = plain_product(row, x, e % lanes, 2);
                add_plainly(row, factors[e], e % lanes, expected_sum);
            }
            CHECK(is_same(product, expected_product));
            CHECK(is_same(sum, expected_sum));
        }
    }
}

TEST_CASE("products with a row per lane have the bits of the plain loop") {
    for (const SparseRows& rows : data_sets()) {
        const model::RowProducts products{rows};
        const Array x = random_block(rows.dimension, 7);
        const Array factors = random_block(3, 8);
        for (const std::size_t first : {std::size_t{0}, tile, rows.size() - 1}) {
            CAPTURE(rows.dimension);
            CAPTURE(first);
            const std::vector<std::uint64_t> draws = random_draws(rows.size() - first);
            Array product(draws.size());
            Array sum = x;
            Array expected_product(draws.size());
            Array expected_sum = x;

            products.multiply_drawn(first, draws, x.data(), product.data());
            products.add_drawn_multiples(first, draws, factors.data(), sum.data());

            for (std::size_t e = 0; e < draws.size(); ++e) {
                const model::SparseRow row = rows.row(first + draws[e]);
                expected_product[e] = plain_product(row, x, e % lanes, 1);
                add_plainly(row, factors[e], e % lanes, expected_sum);
            }
            CHECK(is_same(product, expected_product));
            CHECK(is_same(sum, expected_sum));
        }
    }
}
