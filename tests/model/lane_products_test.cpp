#include "model/lane_products.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "model/row_draws.hpp"
#include "support/words.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

std::vector<double> random_values(std::size_t count, std::uint64_t state) {
    test::Words words{state};
    std::vector<double> values(count);
    for (double& value : values) {
        value = words.signed_power(-3.0, 3.0);
    }
    return values;
}

Array random_block(std::size_t rows, std::uint64_t state) {
    const std::vector<double> values = random_values(rows * lanes, state);
    return {values.begin(), values.end()};
}

/// Element (j, lane) of the product in the stated order, by a scalar loop.
double plain_product(const model::MatrixView& matrix,
                     const Array& u,
                     std::size_t j,
                     std::size_t lane) {
    double sum = 0.0;
    for (std::size_t k = 0; k < matrix.columns; ++k) {
        const double element =
            matrix.values[j * matrix.row_stride + k * matrix.column_stride];
        sum = std::fma(element, u[k * lanes + lane], sum);
    }
    return sum;
}

}  // namespace

TEST_CASE("products have the bits of the plain loop at every size") {
    for (std::size_t rows = 1; rows <= 20; ++rows) {
        for (const std::size_t columns :
             {std::size_t{1}, std::size_t{3}, std::size_t{10}}) {
            CAPTURE(rows);
            CAPTURE(columns);
            const std::vector<double> values = random_values(rows * columns, rows);
            const std::vector<double> offset = random_values(rows, columns);
            const Array u = random_block(columns, 5);
            const Array start = random_block(rows, 6);
            for (const model::MatrixView matrix :
                 {model::MatrixView{values.data(), rows, columns, columns, 1},
                  model::MatrixView{values.data(), rows, columns, 1, rows}}) {
                Array product(rows * lanes);
                Array sum = start;
                Array apart(rows * lanes);
                model::multiply(matrix, u.data(), product.data());
                model::add_product(
                    {1.0, sum.data()}, matrix, u.data(), offset, sum.data());
                model::add_product(
                    {0.7, start.data()}, matrix, u.data(), offset, apart.data());
                bool agrees = true;
                for (std::size_t e = 0; e < product.size(); ++e) {
                    const double expected =
                        plain_product(matrix, u, e / lanes, e % lanes);
                    const double total = expected + offset[e / lanes];
                    agrees = agrees && product[e] == expected &&
                             sum[e] == start[e] + total &&
                             apart[e] == 0.7 * start[e] + total;
                }
                CHECK(agrees);
            }
        }
    }
}

TEST_CASE("element-wise sums have the bits of the plain loop") {
    const std::vector<double> scale = random_values(5, 1);
    const std::vector<double> offset = random_values(5, 2);
    const Array u = random_block(5, 3);
    const Array start = random_block(5, 4);
    Array difference(u.size());
    Array sum = start;
    Array scaled(start.size());

    model::subtract(u.data(), offset, difference.data());
    model::add_with_offset({1.0, sum.data()}, u.data(), offset, sum.data());
    model::add_scaled({0.7, start.data()}, scale, u.data(), offset, scaled.data());

    for (std::size_t e = 0; e < u.size(); ++e) {
        const std::size_t j = e / lanes;
        CHECK(difference[e] == u[e] - offset[j]);
        CHECK(sum[e] == start[e] + (u[e] + offset[j]));
        CHECK(scaled[e] == 0.7 * start[e] + std::fma(scale[j], u[e], offset[j]));
    }
}

TEST_CASE("the spectral matrix is Q diag Q' and symmetric") {
    constexpr std::size_t d = 37;
    const std::vector<double> q = random_values(d * d, 8);
    const std::vector<double> eigenvalues = random_values(d, 9);

    const std::vector<double> matrix = model::spectral_matrix(q, eigenvalues);

    for (std::size_t j = 0; j < d; ++j) {
        for (std::size_t k = 0; k < d; ++k) {
            double sum = 0.0;
            double size = 0.0;
            for (std::size_t l = 0; l < d; ++l) {
                sum += q[j * d + l] * eigenvalues[l] * q[k * d + l];
                size += std::abs(q[j * d + l] * eigenvalues[l] * q[k * d + l]);
            }
            CHECK(std::abs(matrix[j * d + k] - sum) < 1e-14 * size);
            CHECK(matrix[j * d + k] == matrix[k * d + j]);
        }
    }
}

TEST_CASE("rows of data: products and multiples") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{6}}) {
        CAPTURE(count);
        const std::vector<double> values = random_values(count, 1);
        const std::vector<std::uint32_t> columns{8, 0, 3, 5, 1, 7};
        const model::SparseRow row{values, {columns.data(), count}};
        const Array x = random_block(9, 2);
        const Array factor = random_block(1, 3);
        Array product(lanes);
        Array sum = x;

        model::row_product(row, x.data(), product.data());
        model::add_row(row, factor.data(), sum.data());

        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double halves[2] = {0.0, 0.0};
            Array expected = x;
            for (std::size_t k = 0; k < count; ++k) {
                const std::size_t e = columns[k] * lanes + lane;
                halves[k % 2] = std::fma(values[k], x[e], halves[k % 2]);
                expected[e] = std::fma(values[k], factor[lane], x[e]);
            }
            CHECK(product[lane] == halves[0] + halves[1]);
            for (std::size_t e = lane; e < x.size(); e += lanes) {
                CHECK(sum[e] == expected[e]);
            }
        }
    }
}

// 1600 rows of 16 draws among 10: each number is expected 2560 times with standard
// deviation 48; 5.5 times that is wrong for any of them with probability 4e-7. The seed
// is fixed.
TEST_CASE("drawn rows are uniform, in range and a function of their address") {
    const random::Stream stream{1, "rows"};
    alignas(64) std::array<std::uint64_t, lanes> alone{};
    std::vector<int> counts(10, 0);
    model::Words aligned(1600 * lanes);

    model::draw_rows(stream, {.client = 2, .call = 7}, 1600, 10, aligned.data());
    model::draw_rows(stream, {.client = 2, .row = 9, .call = 7}, 1, 10, alone.data());

    for (const std::uint64_t draw : aligned) {
        REQUIRE(draw < 10);
        ++counts[draw];
    }
    for (const int count : counts) {
        CHECK(std::abs(count - 2560) < 264);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        CHECK(alone[lane] == aligned[9 * lanes + lane]);
    }
}

TEST_CASE("a drawn row is the high half of word times rows") {
    __extension__ using Wide = unsigned __int128;
    constexpr std::uint64_t rows = 4294967291;
    const random::Stream stream{1, "rows"};
    model::Words words(4 * lanes);
    model::Words unused(4 * lanes);
    model::Words draws(4 * lanes);

    random::fill_words(stream, {.call = 3}, 4, words.data(), unused.data());
    model::draw_rows(stream, {.call = 3}, 4, rows, draws.data());

    for (std::size_t k = 0; k < draws.size(); ++k) {
        CHECK(draws[k] == static_cast<std::uint64_t>((Wide{words[k]} * rows) >> 64U));
    }
}
